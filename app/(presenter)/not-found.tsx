import Link from 'next/link';

export default function NotFound() {
  return (
    <main id="main" tabIndex={-1} className="demo-nothing">
      <h1>There is no such step</h1>
      <p>The scenario has another name, or fewer steps.</p>
      <Link className="button primary" href="/demos">
        Choose a scenario
      </Link>
    </main>
  );
}

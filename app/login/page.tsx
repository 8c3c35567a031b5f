import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { isSignedIn, openSession } from '@/lib/aws/session';
import { LoginForm } from './login-form';

export const metadata: Metadata = { title: 'Sign in' };

export default async function LoginPage() {
  if (isSignedIn(await openSession())) redirect('/');
  return (
    <main className="login" id="main">
      <section className="card">
        <header>
          <h1 className="text-lg font-semibold">SSE-KMS Console</h1>
        </header>
        <div className="card-body">
          <LoginForm />
        </div>
      </section>
    </main>
  );
}

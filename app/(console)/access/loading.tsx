/** While policies and grants are read: the frame of the page, in its final size. */
export default function Loading() {
  return (
    <div className="access" role="status" aria-label="Loading">
      <div className="access-main">
        <header className="access-head">
          <div className="access-title">
            <p className="access-reading">Reading policies and grants</p>
          </div>
        </header>
        <div className="access-graph" />
      </div>
      <div className="access-panel" />
    </div>
  );
}

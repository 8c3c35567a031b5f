/** Readiness of the console itself; says nothing about the connection. */
export function GET() {
  return Response.json({ status: 'ready' }, { headers: { 'cache-control': 'no-store' } });
}

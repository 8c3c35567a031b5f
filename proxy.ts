import { randomBytes } from 'node:crypto';
import { getIronSession, nextProxyCookies } from 'iron-session';
import { type NextRequest, NextResponse } from 'next/server';
import { consolePassword, listensOnLoopback } from '@/lib/aws/env';
import { type ConsoleSession, isSignedIn, sessionOptions } from '@/lib/aws/session';
import { WORLD_HEADER, WORLD_PARAMETER, worldOf, worldOfReferer } from '@/lib/aws/world-parameter';

/**
 * The first door: allowed Host header, password, and the content security policy with a nonce of its own for each
 * page. Not the only check: every page and action asks for the session again.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  if (!hostIsAllowed(request.headers.get('host') ?? '')) {
    return refuse(
      421,
      'This Host header is not allowed. Set ALLOWED_HOSTS to the names under which the console is reached.',
    );
  }
  if (!listensOnLoopback() && consolePassword() === undefined) {
    return refuse(
      503,
      'The console is reachable by other machines and has no password. Set CONSOLE_PASSWORD and start it again.',
    );
  }
  const nonce = randomBytes(16).toString('base64');
  const policy = contentSecurityPolicy(nonce);
  const { pathname } = request.nextUrl;
  const own = worldOf(request.nextUrl.searchParams);
  const world = own ?? worldOfReferer(request.headers.get('referer'), request.headers.get('host') ?? '');
  if (own === undefined && world && request.method === 'GET' && !/^\/(api|login)(\/|$)/.test(pathname)) {
    // The page stays in the world of the tab that asks for it, and says so in its address.
    const url = request.nextUrl.clone();
    url.searchParams.set(WORLD_PARAMETER, world);
    return NextResponse.redirect(url, 307);
  }
  const headers = new Headers(request.headers);
  headers.delete(WORLD_HEADER);
  if (world) headers.set(WORLD_HEADER, world);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);

  if (pathname !== '/login' && pathname !== '/api/health') {
    const session = await getIronSession<ConsoleSession>(nextProxyCookies(request, response), sessionOptions());
    if (!isSignedIn(session)) {
      if (pathname.startsWith('/api/')) return refuse(401, 'Sign in first.');
      return NextResponse.redirect(new URL('/login', request.url), 303);
    }
  }
  return response;
}

function refuse(status: number, sentence: string): NextResponse {
  return new NextResponse(`${sentence}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/**
 * On loopback only names of this machine: a foreign name that resolves here (DNS rebinding) is turned away. Elsewhere
 * `ALLOWED_HOSTS` may narrow it.
 */
function hostIsAllowed(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const listed = (process.env.ALLOWED_HOSTS ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter(Boolean);
  if (listed.includes(name)) return true;
  if (!listensOnLoopback()) return listed.length === 0;
  return name === 'localhost' || name === '[::1]' || name.startsWith('127.') || name.endsWith('.localhost');
}

/**
 * Scripts only with the nonce. Style elements only with the nonce; style attributes are allowed, because server-rendered
 * sizes (bars, spacers) are attributes and can't carry one. No other host for anything.
 */
function contentSecurityPolicy(nonce: string): string {
  const development = process.env.NODE_ENV === 'development';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const config = {
  matcher: [{ source: '/((?!_next/static|icon.svg|icon-real.svg).*)' }],
};

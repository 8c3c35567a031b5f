import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  // Both stop Next from guessing a root when the checkout lies inside another workspace.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  typedRoutes: true,
  reactCompiler: true,
  poweredByHeader: false,
  // `next dev` must not write files of its own into the repository.
  agentRules: false,
  // Types are checked by `npm test`, over the whole repository at once; a start from a fresh clone need not wait for it.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    // A policy is at most 32 KiB, an object that the console writes at most 1 MiB.
    serverActions: { bodySizeLimit: '1500kb' },
  },
  headers: () =>
    Promise.resolve([
      {
        source: '/:path*',
        headers: [
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'X-Frame-Options', value: 'DENY' },
          { key: 'Referrer-Policy', value: 'same-origin' },
          { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
          { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
          { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), browsing-topics=()' },
        ],
      },
    ]),
};

export default config;

import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: {
      '@': import.meta.dirname,
      // `server-only` throws outside React's server build; the tests are a server.
      'server-only': `${import.meta.dirname}/e2e/server-only.ts`,
    },
  },
  test: {
    include: ['lib/**/*.test.ts', 'e2e/wire/**/*.test.ts', 'bin/**/*.test.ts', 'components/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});

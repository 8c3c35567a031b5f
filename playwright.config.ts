import { defineConfig } from '@playwright/test';
import { requireChromium } from './bin/chromium.mjs';

export default defineConfig({
  testDir: 'e2e/console',
  outputDir: 'test-results/browser',
  // Each test has an emulator account of its own, but two cores carry one browser at a time best.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  globalSetup: './e2e/console/global-setup.ts',
  use: {
    // The global set-up sets it; the workers read this file again.
    baseURL: process.env['CONSOLE_URL'],
    viewport: { width: 1440, height: 900 },
    // Without its film, which costs time in every test; the snapshots of the pages show the same.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: requireChromium(),
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
});

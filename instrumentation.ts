/** Runs once when the console starts: simulated uploads that it left go on. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return;
  const { continueUploads } = await import('./lib/aws/uploads.ts');
  await continueUploads().catch((error: unknown) => console.error('Simulated uploads could not go on', error));
}

'use client';

import { FlashProvider } from '@/components/flash/flash';
import { ActionForm, TextField } from '@/components/ui/form';
import { signIn } from './actions';

export function LoginForm() {
  return (
    <FlashProvider>
      <ActionForm action={signIn} submit="Sign in">
        <TextField
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          hint="The one that CONSOLE_PASSWORD holds. The console is reachable by other machines, so it asks."
        />
      </ActionForm>
    </FlashProvider>
  );
}

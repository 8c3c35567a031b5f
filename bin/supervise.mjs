import { spawn } from 'node:child_process';
import { projectEnvironment } from './bootstrap.mjs';

/**
 * Starts programs and keeps them together: the first that ends takes the others with it, a signal reaches all, and
 * this process ends only when they have ended, with the exit code of the one that ended first.
 */
export function supervise(programs) {
  let exitCode;
  const children = programs.map(({ name, command, args, cwd, env }) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: projectEnvironment(env) });
    child.once('error', (error) => {
      console.error(`${name} could not be started: ${error.message}`);
      stop(1);
    });
    child.once('exit', (code, signal) => {
      stop(code ?? (signal === null ? 1 : 0));
      if (children.every((it) => it.exitCode !== null || it.signalCode !== null)) process.exit(exitCode);
    });
    return child;
  });

  function stop(code, signal = 'SIGTERM') {
    exitCode ??= code;
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0, 'SIGTERM'));
  return children;
}

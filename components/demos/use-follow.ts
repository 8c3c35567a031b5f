import { useEffect, useEffectEvent } from 'react';

/** Where a window of a presentation stands. */
interface Position {
  readonly scenario: string;
  readonly step: number;
}

/** Keeps the windows of one presentation (stage and notes) at the same step: whoever moves tells the others. */
export function useFollow(world: string, scenario: string, step: number, onStep: (step: number) => void): void {
  const follow = useEffectEvent((message: Position) => {
    if (message.scenario === scenario && message.step !== step) onStep(message.step);
  });
  useEffect(() => {
    const channel = new BroadcastChannel(`demo-${world}`);
    channel.addEventListener('message', (event: MessageEvent<Position>) => follow(event.data));
    // A channel of one origin takes no target.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    channel.postMessage({ scenario, step } satisfies Position);
    return () => channel.close();
  }, [world, scenario, step]);
}

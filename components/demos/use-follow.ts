import { useEffect, useEffectEvent } from 'react';

/** Where a window of a presentation stands. */
interface Position {
  readonly scenario: string;
  readonly step: number;
}

/** What a window of notes asks when it opens: the stage knows where the story is, also when it moved meanwhile. */
const WHERE = 'where';
/** Worlds whose stage this window has asked: a step is a page of its own, so that no component remembers it. */
const asked = new Set<string>();

/** Keeps the windows of one presentation (stage and notes) at the same step: whoever moves tells the others. */
export function useFollow(
  window: 'stage' | 'notes',
  world: string,
  { scenario, step }: Position,
  onStep: (step: number) => void,
): void {
  const follow = useEffectEvent((message: Position) => {
    if (message.scenario === scenario && message.step !== step) onStep(message.step);
  });
  useEffect(() => {
    const channel = new BroadcastChannel(`demo-${world}`);
    const tell = (message: Position | typeof WHERE) => {
      // A channel of one origin takes no target.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      channel.postMessage(message);
    };
    channel.addEventListener('message', ({ data }: MessageEvent<Position | typeof WHERE>) => {
      if (data !== WHERE) follow(data);
      else if (window === 'stage') tell({ scenario, step });
    });
    tell(window === 'notes' && !asked.has(world) ? WHERE : { scenario, step });
    asked.add(world);
    return () => channel.close();
  }, [window, world, scenario, step]);
}

import { useEffect, useEffectEvent, useRef } from 'react';

/** Where a window of a presentation stands. */
interface Position {
  readonly scenario: string;
  readonly step: number;
}

/** What a window of notes asks when it opens: the stage knows where the story is, also when it moved meanwhile. */
const WHERE = 'where';

/** Keeps the windows of one presentation (stage and notes) at the same step: whoever moves tells the others. */
export function useFollow(
  window: 'stage' | 'notes',
  world: string,
  { scenario, step }: Position,
  onStep: (step: number) => void,
): void {
  const opened = useRef(false);
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
    tell(window === 'notes' && !opened.current ? WHERE : { scenario, step });
    opened.current = true;
    return () => channel.close();
  }, [window, world, scenario, step]);
}

'use client';

import { useEffect, useEffectEvent, useState } from 'react';

/** Reading aloud takes about this long for a word; nobody reads a line in less than the shortest time. */
const MS_PER_WORD = 340;
const SHORTEST_MS = 2400;

/** Says the sentences of a step one after another, then goes on. Nothing moves but the words. */
export function Captions({
  sentences,
  speed,
  onEnd,
}: {
  sentences: readonly string[];
  speed: number;
  onEnd: () => void;
}) {
  const [index, setIndex] = useState(0);
  const sentence = sentences[index] ?? '';
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    const words = sentence.split(/\s+/).length;
    const timer = setTimeout(
      () => (index + 1 < sentences.length ? setIndex(index + 1) : end()),
      Math.max(SHORTEST_MS, words * MS_PER_WORD) / speed,
    );
    return () => clearTimeout(timer);
  }, [index, sentence, sentences.length, speed]);
  return (
    <p className="demo-caption" aria-live="polite">
      {sentence}
    </p>
  );
}

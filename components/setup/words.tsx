import type { Term } from '@/lib/setup/terms';

/** The words of a step, each in one sentence with its source. */
export function Words({ terms }: { terms: readonly Term[] }) {
  return (
    <section className="setup-words" aria-label="Words of this step">
      <h2 className="h3">Words of this step</h2>
      <dl>
        {terms.map(({ word, says, source }) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>
              {says} <span className="source">{source}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

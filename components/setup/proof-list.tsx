import { Check, CircleX, Hourglass, Minus } from 'lucide-react';
import Link from 'next/link';
import type { Attempt, Proof } from '@/lib/setup/proof';
import { routes } from '../routes';

const SAID: Readonly<
  Record<Attempt['state'], { readonly word: string; readonly tone: string; readonly icon: typeof Check }>
> = {
  waiting: { word: 'Waiting', tone: 'neutral', icon: Minus },
  running: { word: 'Being tried', tone: 'info', icon: Hourglass },
  right: { word: 'As it must be', tone: 'good', icon: Check },
  wrong: { word: 'Not as it must be', tone: 'bad', icon: CircleX },
};

/** Each attempt with what it must come to and what came. */
export function ProofList({ proof }: { proof: Proof }) {
  return (
    <div className="table-scroll">
      <table aria-label="Attempts of the proof" className="stack-small setup-proof">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">What was tried</th>
            <th scope="col">Must be</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {proof.attempts.map((attempt) => {
            const { word, tone, icon: Icon } = SAID[attempt.state];
            return (
              <tr key={attempt.id}>
                <td className="mono wrap-anywhere">{attempt.who}</td>
                <td>
                  {attempt.says}
                  {attempt.found && (
                    <span className="block text-ink-2 wrap-anywhere">
                      {attempt.code && <span className="mono">{attempt.code}: </span>}
                      {attempt.found}
                    </span>
                  )}
                  {attempt.requestId && (
                    <Link href={routes.decision(attempt.requestId)} className="link">
                      Explain<span className="sr-only"> request {attempt.requestId}</span>
                    </Link>
                  )}
                </td>
                <td>{attempt.expects === 'allowed' ? 'Allowed' : 'Refused'}</td>
                <td>
                  <span className={`status ${tone}`}>
                    <Icon size={14} aria-hidden />
                    <span>{word}</span>
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

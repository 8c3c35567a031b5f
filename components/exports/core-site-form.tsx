'use client';

import { useRef, useState } from 'react';
import type { CheckedCoreSite, HadoopFinding } from '@/lib/exports/check-core-site';
import { Alert } from '../ui/alert';
import { Status } from '../ui/badge';
import { Button } from '../ui/button';

type Outcome =
  | { readonly ok: true; readonly checked: CheckedCoreSite; readonly properties: number }
  | { readonly ok: false; readonly reason: string; readonly line?: number };

/** Reads a configuration in the browser: it never leaves this page. */
export function CoreSiteForm() {
  const area = useRef<HTMLTextAreaElement>(null);
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);

  const check = async () => {
    setBusy(true);
    // The reader comes when it is needed.
    const [{ readCoreSite }, { checkCoreSite }] = await Promise.all([
      import('@/lib/exports/read-core-site'),
      import('@/lib/exports/check-core-site'),
    ]);
    const read = readCoreSite(area.current?.value ?? '');
    setOutcome(
      read.ok
        ? { ok: true, checked: checkCoreSite(read.properties, read.includes), properties: read.properties.length }
        : read,
    );
    setBusy(false);
    if (!read.ok) area.current?.focus();
  };
  const wrong = outcome?.ok === false;
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void check();
      }}
    >
      <div className="form-field">
        <label htmlFor="core-site-file">File</label>
        <input
          id="core-site-file"
          type="file"
          accept=".xml,text/xml,application/xml"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            void file?.text().then((text) => {
              if (area.current) area.current.value = text;
            });
          }}
        />
      </div>
      <div className="form-field">
        <label htmlFor="core-site-text">Text of the file</label>
        <textarea
          id="core-site-text"
          ref={area}
          className="field-area mono"
          rows={12}
          spellCheck={false}
          aria-invalid={wrong || undefined}
          aria-describedby="core-site-error core-site-hint"
          placeholder="<configuration>…"
        />
        {outcome?.ok === false && (
          <p className="field-error" id="core-site-error" role="alert">
            {outcome.line === undefined ? '' : `Line ${outcome.line}: `}
            {outcome.reason}
          </p>
        )}
        <div className="field-hint" id="core-site-hint">
          At most 1 MiB. Secrets in it are pointed out and never shown.
        </div>
      </div>
      <div>
        <Button type="submit" kind="primary">
          {busy ? 'Working…' : 'Check the file'}
        </Button>
      </div>
      <div role="status">{outcome?.ok && <Checked {...outcome} />}</div>
    </form>
  );
}

const TONES = { error: 'bad', warning: 'warn', info: 'info' } as const;
const WORDS = { error: 'Error', warning: 'Warning', info: 'Note' } as const;

function Checked({ checked, properties }: { checked: CheckedCoreSite; properties: number }) {
  const count = (severity: HadoopFinding['severity']) =>
    checked.findings.filter((it) => it.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  return (
    <div className="stack">
      <Alert
        tone={errors > 0 ? 'bad' : warnings > 0 ? 'warn' : 'good'}
        title={
          errors + warnings === 0
            ? `Nothing is wrong in ${properties} properties`
            : `${errors} errors and ${warnings} warnings in ${properties} properties`
        }
      />
      <div className="table-scroll">
        <table aria-label="What S3A encrypts with" className="stack-small">
          <thead>
            <tr>
              <th scope="col">Bucket</th>
              <th scope="col">Algorithm</th>
              <th scope="col">Key</th>
            </tr>
          </thead>
          <tbody>
            {checked.settings.map((setting) => (
              <tr key={setting.bucket ?? ''}>
                <td className={setting.bucket ? 'mono' : ''}>{setting.bucket ?? 'Every other bucket'}</td>
                <td>{setting.algorithm ?? "The bucket's default"}</td>
                <td className="mono wrap-anywhere">{setting.key ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="table-scroll">
        <table aria-label="Findings" className="stack-small">
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">Finding</th>
              <th scope="col">Rule</th>
            </tr>
          </thead>
          <tbody>
            {checked.findings.map((finding, index) => (
              <tr key={`${finding.rule} ${finding.line ?? ''} ${index}`}>
                <td>{finding.line ?? ''}</td>
                <td>
                  <Status tone={TONES[finding.severity]}>{WORDS[finding.severity]}</Status>
                  <span className="block">{finding.sentence}</span>
                  {finding.property && <span className="mono block text-ink-2 wrap-anywhere">{finding.property}</span>}
                </td>
                <td className="text-ink-2">{finding.rule}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

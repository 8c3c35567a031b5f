import Form from 'next/form';

/** Asks CloudTrail for events by one attribute, as LookupEvents does. A plain form: it works before any script. */
export function LookupForm({ attributes, by, value }: { attributes: readonly string[]; by: string; value: string }) {
  return (
    <Form action="/audit" className="filter-bar" role="search" aria-label="Look up events">
      <span className="select-box">
        <select name="by" defaultValue={by} aria-label="Attribute" key={by}>
          {attributes.map((attribute) => (
            <option key={attribute}>{attribute}</option>
          ))}
        </select>
      </span>
      <label className="field-box grow-field">
        <span className="sr-only">Value</span>
        <input
          name="value"
          defaultValue={value}
          key={value}
          placeholder="GenerateDataKey, an ARN, a user name…"
          spellCheck={false}
        />
      </label>
      <button type="submit" className="button">
        Look up
      </button>
      <span className="text-ink-3">CloudTrail looks up by one attribute at a time</span>
    </Form>
  );
}

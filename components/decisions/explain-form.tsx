import Form from 'next/form';

/** Offered; any other can be typed. */
const ACTIONS = [
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'kms:Encrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:DescribeKey',
  'kms:CreateGrant',
  'kms:PutKeyPolicy',
  'kms:DisableKey',
  'kms:ScheduleKeyDeletion',
  's3:GetObject',
  's3:PutObject',
  's3express:CreateSession',
  's3tables:GetTableData',
  's3tables:PutTableData',
  's3tables:CreateTable',
];

/** Principal × action × resource × context. It asks by the address, so an answer can be given on as a link. */
export function ExplainForm({
  asked,
  problems,
  principals,
  resources,
  things,
}: {
  asked: { principal: string; action: string; resource: string; data: string; context: string };
  problems: Readonly<Partial<Record<'principal' | 'action' | 'resource' | 'data' | 'context', string>>>;
  principals: readonly string[];
  resources: readonly { readonly arn: string; readonly name: string }[];
  things: readonly string[];
}) {
  return (
    <Form action="/explain" className="form">
      <Field
        name="principal"
        label="Principal"
        hint="Name or ARN of a user, role, session, account or service"
        value={asked.principal}
        problem={problems.principal}
        options={principals}
      />
      <Field name="action" label="Action" value={asked.action} problem={problems.action} options={ACTIONS} />
      <Field
        name="resource"
        label="Resource"
        hint="A key’s alias or ARN, a bucket’s name, or any ARN"
        value={asked.resource}
        problem={problems.resource}
        options={resources.map(({ arn, name }) => (name.startsWith('key ') ? arn : name))}
      />
      <Field
        name="data"
        label="For the data of"
        hint="For keys: the bucket or table for which S3 asks; empty for a direct call"
        value={asked.data}
        problem={problems.data}
        options={things}
      />
      <div className="form-field">
        <label htmlFor="explain-context">Condition context</label>
        <textarea
          id="explain-context"
          name="context"
          rows={3}
          className="field-area mono"
          spellCheck={false}
          defaultValue={asked.context}
          placeholder="aws:SourceVpce = vpce-1a2b3c4d"
          aria-invalid={problems.context === undefined ? undefined : true}
          aria-describedby="explain-context-hint"
        />
        <p className={problems.context === undefined ? 'field-hint' : 'field-error'} id="explain-context-hint">
          {problems.context ?? 'One key = value on each line. It comes on top of what the service sends.'}
        </p>
      </div>
      <div className="form-actions">
        <button type="submit" className="button primary">
          Explain
        </button>
      </div>
    </Form>
  );
}

function Field({
  name,
  label,
  hint,
  value,
  problem,
  options,
}: {
  name: string;
  label: string;
  hint?: string;
  value: string;
  problem: string | undefined;
  options: readonly string[];
}) {
  const id = `explain-${name}`;
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <span className="field-box">
        <input
          id={id}
          name={name}
          className="mono"
          defaultValue={value}
          list={`${id}-list`}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={problem === undefined ? undefined : true}
          aria-describedby={`${id}-hint`}
        />
      </span>
      <datalist id={`${id}-list`}>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </datalist>
      <p className={problem === undefined ? 'field-hint' : 'field-error'} id={`${id}-hint`}>
        {problem ?? hint}
      </p>
    </div>
  );
}

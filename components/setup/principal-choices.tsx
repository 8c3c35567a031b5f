'use client';

import type { PrincipalOption } from '../keys/principal-field';
import { TextField, useField } from '../ui/form';

/** Who reads and writes: roles and users that are there, or a role to be made; for tables also the services. */
export function PrincipalChoices({
  principals,
  chosen,
  newRole,
  tables,
  lakeFormation,
  lakeFormationMissing,
  metadata,
}: {
  principals: readonly PrincipalOption[];
  chosen: readonly string[];
  newRole: string;
  tables: boolean;
  lakeFormation: boolean;
  lakeFormationMissing: boolean;
  metadata: boolean;
}) {
  const { error, ids } = useField('clients');
  return (
    <>
      {principals.length > 0 && (
        <fieldset aria-describedby={`${ids.error} ${ids.hint}`}>
          <legend className="group-label">Roles and users that read and write</legend>
          <p className="field-hint mb-2" id={ids.hint}>
            Each is let in by name. Whoever is not chosen here can't use the key.
          </p>
          {error && (
            <p className="field-error" id={ids.error}>
              {error}
            </p>
          )}
          <div className="setup-pick">
            {principals.map(({ arn, name, kind }) => (
              <label key={arn} className="check">
                <input type="checkbox" name="clients[]" value={arn} defaultChecked={chosen.includes(arn)} />
                <span className="mono min-w-0 wrap-anywhere">
                  {name}
                  <span className="about">{kind === 'role' ? 'Role' : 'User'}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
      )}
      <TextField
        name="newRole"
        label={principals.length > 0 ? 'Or make a role' : 'Role to make'}
        optional={principals.length > 0}
        mono
        defaultValue={newRole}
        hint="It is made for those who read and write, with what they need and no more."
      />
      {tables && (
        <>
          <label className="check">
            <input
              type="checkbox"
              name="lakeFormation"
              value="on"
              defaultChecked={lakeFormation && !lakeFormationMissing}
              disabled={lakeFormationMissing}
            />
            <span>
              Queries go through Lake Formation
              <span className="block text-ink-2">
                {lakeFormationMissing
                  ? 'This account has no role service-role/S3TablesRoleForLakeFormation: it comes with the integration.'
                  : 'Its service role needs the key instead of those who query.'}
              </span>
            </span>
          </label>
          <label className="check">
            <input type="checkbox" name="metadata" value="on" defaultChecked={metadata} />
            <span>
              S3 Metadata keeps tables here
              <span className="block text-ink-2">
                The metadata principal needs the key besides the maintenance principal.
              </span>
            </span>
          </label>
        </>
      )}
    </>
  );
}

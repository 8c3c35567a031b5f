/** Stands for the rows of a long table that are not drawn. */
export function SpacerRow({ columns, rows, rowHeight }: { columns: number; rows: number; rowHeight: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden>
      {/* Empty on purpose: it only takes up room. */}
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label */}
      <td colSpan={columns} className="spacer" style={{ height: rows * rowHeight }} />
    </tr>
  );
}

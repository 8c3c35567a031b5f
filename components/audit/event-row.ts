/** One line of the audit trail: what the table shows, read from CloudTrail's JSON on the server. */
export interface EventRow {
  readonly id: string;
  readonly time: string;
  readonly name: string;
  readonly source: string;
  readonly principal: string;
  readonly requestId?: string;
  readonly errorCode?: string;
  readonly resource: string;
  readonly json: string;
}

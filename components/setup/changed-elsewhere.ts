/** How a refusal because of another tab is told from others; both sides of the wire know it. */
export const CHANGED_ELSEWHERE = 'ChangedElsewhere';

/** The audit log cannot take an intent now, so nothing may run. The message is a sentence for people. */
export class AuditUnavailable extends Error {}

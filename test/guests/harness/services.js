export const SERVICES = {}

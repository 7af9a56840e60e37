export const name = 'later'

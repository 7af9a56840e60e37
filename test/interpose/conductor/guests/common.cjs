module.exports = 'common'

// All that OpenSSL makes with randomness of its own, in every form in which it can be asked for.
const crypto = require('node:crypto')
const { promisify } = require('node:util')
const { AsyncLocalStorage } = require('node:async_hooks')

const { subtle } = crypto
const storage = new AsyncLocalStorage()
const say = (...words) => console.log(...words.map((word) => (word?.byteLength === undefined ? word : hex(word))))
const hex = (bytes) => Buffer.from(bytes).toString('hex').slice(-32)
const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }
const sealed = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }

function sync() {
  const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 })
  const ec = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem, privateKeyEncoding: sealed })
  const jwk = crypto.generateKeyPairSync('ed25519', { ...pem, publicKeyEncoding: { format: 'jwk' } })
  const der = crypto.generateKeyPairSync('x25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  })
  say(
    rsa.privateKey.type,
    rsa.publicKey.export({ format: 'jwk' }).n.slice(0, 20),
    ec.privateKey,
    jwk.publicKey.x,
    der.publicKey,
  )
  say(
    crypto.generateKeyPairSync('rsa-pss', { modulusLength: 1024, hashAlgorithm: 'sha256' }).privateKey
      .asymmetricKeyDetails.hashAlgorithm,
  )
  say(crypto.generateKeyPairSync('dh', { group: 'modp5' }).privateKey.export({ type: 'pkcs8', format: 'der' }))
  say(crypto.generateKeySync('hmac', { length: 128 }).export(), crypto.generateKeySync('aes', { length: 256 }).export())
  say(crypto.generatePrimeSync(64), crypto.generatePrimeSync(64, { bigint: true }), crypto.checkPrimeSync(7n))
  const data = Buffer.from('data')
  const pss = { key: rsa.privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING }
  say(
    crypto.sign('sha256', data, pss),
    crypto.createSign('sha256').update(data).sign({ key: ec.privateKey, passphrase: 'secret' }),
  )
  const encrypted = crypto.publicEncrypt(rsa.publicKey, data)
  say(encrypted, crypto.privateDecrypt(rsa.privateKey, encrypted).toString())
  const alice = crypto.createECDH('secp256k1')
  say(alice.generateKeys(), alice.getPrivateKey('hex'), alice.generateKeys('hex', 'compressed'))
  const bob = crypto.createDiffieHellman(512)
  say(bob.getPrime(), bob.generateKeys(), bob.getPrivateKey(), bob.verifyError)
  say(crypto.getDiffieHellman('modp14').generateKeys().length, crypto.randomInt(2 ** 40))
  for (const wrong of [{ modulusLength: 4 }, { modulusLength: 'x' }]) {
    try {
      crypto.generateKeyPairSync('rsa', wrong)
    } catch (error) {
      say(error.name, error.code, error.message)
    }
  }
  return { rsa, ec }
}

async function callbacks({ rsa, ec }) {
  const order = []
  const then = (name) => (value) => {
    order.push(`${name}:${storage.getStore()}`)
    return value
  }
  await storage.run('als', () =>
    Promise.all([
      promisify(crypto.generateKeyPair)('ec', { namedCurve: 'P-384', ...pem })
        .then(then('ec'))
        .then(({ publicKey }) => say(publicKey)),
      promisify(crypto.generateKeyPair)('ed25519')
        .then(then('ed25519'))
        .then(({ publicKey }) => say(publicKey.export({ format: 'jwk' }).x)),
      promisify(crypto.generateKeyPair)('rsa', { modulusLength: 1024 }).then(then('rsa')),
      promisify(crypto.generateKey)('hmac', { length: 64 })
        .then(then('hmac'))
        .then((key) => say(key.export())),
      promisify(crypto.generatePrime)(32).then(then('prime')).then(say),
      promisify(crypto.sign)('sha256', Buffer.from('x'), { key: ec.privateKey, passphrase: 'secret' })
        .then(then('sign'))
        .then(say),
      promisify(crypto.scrypt)('a', 'b', 16).then(then('scrypt')).then(say),
      promisify(crypto.hkdf)('sha256', 'a', 'b', 'c', 16).then(then('hkdf')).then(say),
      promisify(crypto.checkPrime)(rsa.publicKey.asymmetricKeyDetails.publicExponent).then(then('check')).then(say),
      promisify(crypto.generateKeyPair)('rsa', { modulusLength: 1 }).catch((error) => say(error.code, error.message)),
    ]),
  )
  say(order.join(' '))
}

async function webcrypto() {
  const data = Buffer.from('data')
  const ecdsa = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  say(
    JSON.stringify(await subtle.exportKey('jwk', ecdsa.privateKey)),
    ecdsa.publicKey.usages,
    ecdsa.publicKey.algorithm,
  )
  const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, ecdsa.privateKey, data)
  say(signature, await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, ecdsa.publicKey, signature, data))
  const oaep = await subtle.generateKey(
    { name: 'RSA-OAEP', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    false,
    ['encrypt', 'decrypt'],
  )
  const encrypted = await subtle.encrypt({ name: 'RSA-OAEP' }, oaep.publicKey, data)
  say(encrypted, Buffer.from(await subtle.decrypt({ name: 'RSA-OAEP' }, oaep.privateKey, encrypted)).toString())
  const aes = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt'])
  const hmac = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])
  say(await subtle.exportKey('raw', aes), hmac.algorithm.hash.name, await subtle.sign('HMAC', hmac, data))
  const [mine, theirs] = await Promise.all(
    [1, 2].map(() => subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])),
  )
  say(
    await subtle.deriveBits({ name: 'ECDH', public: theirs.publicKey }, mine.privateKey, 128),
    oaep.privateKey.extractable,
  )
  if (crypto.encapsulate !== undefined) await encapsulated()
}

async function encapsulated() {
  const { publicKey } = crypto.generateKeyPairSync('ml-kem-768')
  const { sharedKey, ciphertext } = crypto.encapsulate(publicKey)
  say('kem', sharedKey, ciphertext, (await promisify(crypto.encapsulate)(publicKey)).sharedKey)
  const pair = await subtle.generateKey({ name: 'ML-KEM-768' }, true, ['encapsulateBits', 'decapsulateBits'])
  say('kem', (await subtle.encapsulateBits({ name: 'ML-KEM-768' }, pair.publicKey)).sharedKey)
}

const made = sync()
void callbacks(made)
  .then(webcrypto)
  .then(() => say('done'))

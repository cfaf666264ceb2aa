import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const salt = randomBytes(16)
const hashOf = (password: string) => promisify<string, Buffer, number, Buffer>(scrypt)(password, salt, 32)

/** The users of this app. Keep yours in a database, each with its own salt. */
const users = new Map([['ann', await hashOf('open sesame')]])
const nobody = randomBytes(32)

/** Checks a password. Takes just as long for a name that no user has. */
export async function isPasswordOf(name: string, password: string): Promise<boolean> {
  return timingSafeEqual(await hashOf(password), users.get(name) ?? nobody)
}

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const salt = randomBytes(16)
const hashOf = (password: string) => promisify<string, Buffer, number, Buffer>(scrypt)(password, salt, 32)

/** The users that this app knows itself; yours are in a database, each with a salt of its own. */
const users = new Map([['ann', await hashOf('open sesame')]])
const nobody = randomBytes(32)

/** Whether the password is the user's. A name that nobody has takes as long. */
export async function isPasswordOf(name: string, password: string): Promise<boolean> {
  return timingSafeEqual(await hashOf(password), users.get(name) ?? nobody)
}

import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

const notes = new Map<string, string[]>()

/** The tools. Each caller has their own notes. */
export function createNotesServer(owner: string): McpServer {
  const own = notes.get(owner) ?? []
  notes.set(owner, own)
  const server = new McpServer({ name: 'notes', version: '1.0.0' })
  server.registerTool('list_notes', { description: 'Lists your notes.' }, () => answer(own.join('\n')))
  const inputSchema = z.object({ text: z.string() })
  server.registerTool('add_note', { description: 'Adds a note.', inputSchema }, ({ text }) => {
    own.push(text)
    return answer('added')
  })
  return server
}

function answer(text: string): { content: { type: 'text'; text: string }[] } {
  return { content: [{ type: 'text', text }] }
}

/** The project's root folder: this file is in `test`, and built in `test/dist`. */
export const workspace: string = import.meta.dirname.replace(/[/\\]test(?:[/\\]dist)?$/, '')

/** Express 4, installed next to 5. The types of 5 suffice for both in the contract server. */
declare module 'express4' {
  import express from 'express'
  export default express
}

/** Express 4, beside 5; its types stand for both, as far as the contract server goes. */
declare module 'express4' {
  import express from 'express'
  export default express
}

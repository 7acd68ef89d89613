const database = process.env.DATABASE_URL

export default {
  project: 'shop',
  migrations: './db/migrations',
  // the embedded database is for trying things out, without a server
  database: {url: database ?? 'pglite:.squizzle/database'},
  storage: {type: 'local', config: {path: './db/artifacts'}},
  environments: {
    // a missing secret is an error here, never an embedded database
    production: {target: 'production', database: {url: database ?? ''}},
  },
}

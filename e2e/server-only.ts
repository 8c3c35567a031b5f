// `server-only` throws outside React's server build; the tests stand in for it with this empty module.

-- The database and its two roles, for the embedded server (ops.postgres_server) and for docker/compose.yml alike.
-- Safe to run again. Passwords come from the environment of psql.
\set ON_ERROR_STOP on
\getenv owner_password WASL_OWNER_PASSWORD
\getenv app_password WASL_APP_PASSWORD

-- wasl_owner owns the database, migrates and provisions. wasl_app serves requests and owns nothing.
SELECT format('CREATE ROLE %I', role) FROM unnest(ARRAY['wasl_owner', 'wasl_app']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE wasl_owner LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE wasl_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';

SELECT 'CREATE DATABASE wasl OWNER wasl_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'wasl') \gexec

-- template1 first, so that a database made for tests has the extension and the grants too.
\connect template1
CREATE EXTENSION IF NOT EXISTS vector;
GRANT USAGE ON SCHEMA public TO wasl_app;
ALTER DEFAULT PRIVILEGES FOR ROLE wasl_owner GRANT USAGE ON SCHEMAS TO wasl_app;
ALTER DEFAULT PRIVILEGES FOR ROLE wasl_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO wasl_app;
ALTER DEFAULT PRIVILEGES FOR ROLE wasl_owner GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO wasl_app;

\connect wasl
CREATE EXTENSION IF NOT EXISTS vector;
GRANT USAGE ON SCHEMA public TO wasl_app;
ALTER DEFAULT PRIVILEGES FOR ROLE wasl_owner GRANT USAGE ON SCHEMAS TO wasl_app;
ALTER DEFAULT PRIVILEGES FOR ROLE wasl_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO wasl_app;
ALTER DEFAULT PRIVILEGES FOR ROLE wasl_owner GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO wasl_app;

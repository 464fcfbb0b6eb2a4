-- What each user is to the platform; whoever registered before was a trader.
CREATE TABLE user_roles (
  user_id uuid NOT NULL,
  role text NOT NULL,
  granted_at timestamptz NOT NULL,
  CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role),
  CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT user_roles_role_known CHECK (role IN ('trader', 'operator', 'admin'))
);

INSERT INTO user_roles (user_id, role, granted_at)
SELECT user_id, 'trader', created_at FROM users
UNION
SELECT user_id, role, created_at FROM users, unnest(roles) AS role
WHERE role IN ('trader', 'operator', 'admin');

ALTER TABLE users DROP COLUMN roles;

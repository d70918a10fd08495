flags.boolean("generated-only", user, false); flags.boolean("nowhere", user, false);

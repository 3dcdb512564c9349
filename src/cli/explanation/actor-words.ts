/** Who did something, as the audit log names them: `token:k3j2` becomes `token k3j2`. */
export function actorWords(actor: string): string {
  return actor.replace(/^(token|run):/, "$1 ");
}

/** The name of an attribute; of an extension the short one: `extension enterprise`. */
export function attributeWords(name: string): string {
  return name.replace(/^urn:ietf:params:scim:schemas:extension:([^:]+):2\.0:User$/, "extension $1");
}

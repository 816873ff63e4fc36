/** What all workers know: the keys of Access, and whether the app has been reached. */
export const sharedState = () => ngx.shared['gatehouse_keys'];

/** Which webhook of which namespace, in the words of the api. */
export interface WebhookPath {
  id: number;
  webhook_id: number;
}

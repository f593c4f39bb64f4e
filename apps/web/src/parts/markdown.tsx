import { Anchor, Typography } from '@mantine/core';
import ReactMarkdown from 'react-markdown';

/** Somebody's Markdown. HTML in it is text, images are not loaded, and links tell nobody where they were followed from. */
export function Markdown({ text }: { text: string }) {
  return (
    <Typography>
      <ReactMarkdown
        disallowedElements={['img']}
        unwrapDisallowed
        components={{
          a: ({ href, children }) => (
            <Anchor href={href} rel="noopener noreferrer nofollow" target="_blank">
              {children}
            </Anchor>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </Typography>
  );
}

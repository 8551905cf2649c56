/**
 * Markup as values, so that nothing has to be escaped by hand: what a template holds is text or an attribute, and becomes markup only if it
 * was made by a template itself. `render` escapes it.
 */
import { html as template } from 'htm/preact';
import { h, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

export type Markup = VNode<object> | string | number | false | null | readonly Markup[];

/** HTML or SVG, one element or several. */
export const html = template as (strings: TemplateStringsArray, ...values: unknown[]) => Markup;

/** The text of a file of ours, as it is: a style sheet or a script. Text from elsewhere never comes here. */
export const verbatim = (tag: 'style' | 'script', text: string): Markup =>
  h(tag, { dangerouslySetInnerHTML: { __html: text } }) as VNode<object>;

export const render = (markup: Markup): string => renderToString(h('html', { lang: 'en' }, markup as VNode));

/** One element, which is no page, as XML. */
export const renderAlone = (markup: Markup): string => renderToString(markup as VNode).replaceAll(']]>', ']]&gt;');

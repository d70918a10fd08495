import { render as write } from 'svelte/server';
import Banner from './Banner.svelte';

export const render = (client) => write(Banner, { context: new Map([['flags', client]]) }).body;

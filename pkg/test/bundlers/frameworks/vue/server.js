import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import Banner from './Banner.vue';

export const render = (client) => renderToString(createSSRApp(Banner).provide('flags', client));

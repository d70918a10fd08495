import { NextResponse } from 'next/server';
import { contextOf, edge } from './flags.js';

/** Sends a part of the visitors to another shop, under the same address. */
export async function proxy(request, event) {
  const flags = await edge.at(request, contextOf(request.cookies), event);
  return flags.boolean('new-shop', false) ? NextResponse.rewrite(new URL('/new', request.url)) : NextResponse.next();
}

export const config = { matcher: '/' };

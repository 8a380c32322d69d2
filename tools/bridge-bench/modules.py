"""Blocks in PyTorch, with the names and the arithmetic of their specs."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize, scaled_dot_product_attention


def split(x, heads):
    """[…, t, heads d] -> […, heads, t, d]"""
    return x.unflatten(-1, (heads, -1)).transpose(-3, -2)


def merge(x):
    return x.transpose(-3, -2).flatten(-2)


def feed_forward(width):
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4 * width, bias=False), nn.GELU(), nn.Linear(4 * width, width, bias=False))


class PerceiverAttention(nn.Module):
    def __init__(self, width, heads, head_dim):
        super().__init__()
        self.heads = heads
        self.norm_media, self.norm_latents = nn.LayerNorm(width), nn.LayerNorm(width)
        self.to_q = nn.Linear(width, heads * head_dim, bias=False)
        self.to_kv = nn.Linear(width, 2 * heads * head_dim, bias=False)
        self.to_out = nn.Linear(heads * head_dim, width, bias=False)

    def forward(self, seen, latents):
        latents = self.norm_latents(latents)
        k, v = self.to_kv(torch.cat([self.norm_media(seen), latents], dim=-2)).chunk(2, dim=-1)
        # [batch media, heads, …]: exporters know attention of four axes only.
        q, k, v = (split(each, self.heads).flatten(0, 1) for each in (self.to_q(latents), k, v))
        return self.to_out(merge(scaled_dot_product_attention(q, k, v)).unflatten(0, latents.shape[:2]))


class Resampler(nn.Module):
    """[batch, media, tokens, width] -> [batch, media, count, width]"""

    def __init__(self, width, count, depth, heads, head_dim):
        super().__init__()
        self.latents = nn.Parameter(torch.randn(count, width))
        self.layers = nn.ModuleList(
            nn.ModuleList([PerceiverAttention(width, heads, head_dim), feed_forward(width)]) for _ in range(depth))
        self.norm = nn.LayerNorm(width)

    def forward(self, seen):
        x = self.latents.expand(seen.shape[0], seen.shape[1], *self.latents.shape)
        for attention, mlp in self.layers:
            x = x + attention(seen, x)
            x = x + mlp(x)
        return self.norm(x)


class CrossAttention(nn.Module):
    def __init__(self, width, media_width, heads, head_dim):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.to_q = nn.Linear(width, heads * head_dim, bias=False)
        self.to_kv = nn.Linear(media_width, 2 * heads * head_dim, bias=False)
        self.to_out = nn.Linear(heads * head_dim, width, bias=False)

    def forward(self, x, tokens, mask):
        k, v = self.to_kv(tokens).chunk(2, dim=-1)
        q, k, v = (split(each, self.heads) for each in (self.to_q(self.norm(x)), k, v))
        return self.to_out(merge(scaled_dot_product_attention(q, k, v, mask)))


class GatedBlock(nn.Module):
    """All words see the one medium that stands before them."""

    def __init__(self, width, media_width, heads, head_dim):
        super().__init__()
        self.attn = CrossAttention(width, media_width, heads, head_dim)
        self.ff = feed_forward(width)
        self.attn_gate, self.ff_gate = nn.Parameter(torch.tensor([0.4])), nn.Parameter(torch.tensor([0.6]))

    def forward(self, x, media, time):
        latest = time[..., None] == torch.arange(1, media.shape[1] + 1).repeat_interleave(media.shape[2])
        a = self.attn(x, media.flatten(1, 2), latest[:, None])
        x = x + self.attn_gate.tanh() * torch.where(time[..., None] == 0, 0, a)
        return x + self.ff_gate.tanh() * self.ff(x)


class Projector(nn.Module):
    def __init__(self, width, out_width):
        super().__init__()
        self.linear_1, self.act, self.linear_2 = nn.Linear(width, out_width), nn.GELU(), nn.Linear(out_width, out_width)

    def forward(self, x):
        return self.linear_2(self.act(self.linear_1(x)))


class Attention(nn.Module):
    def forward(self, q, k, v):
        return scaled_dot_product_attention(q, k, v)


class ContrastiveLoss(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.temperature = nn.Parameter(torch.tensor(0.07))

    def forward(self, image_embeddings, text_embeddings):
        logits = normalize(image_embeddings, dim=-1) @ normalize(text_embeddings, dim=-1).T / self.temperature
        labels = torch.arange(len(logits))
        return (cross_entropy(logits, labels) + cross_entropy(logits.T, labels)) / 2

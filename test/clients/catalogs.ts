// The twelve catalogs that ship with the program, and the platform they moved to in June 2025.
export const platform = 'https://mast.stsci.edu/vo-tap/api/v0.1/'

export const shippedCatalogs = [
  { ivoid: 'ivo://archive.stsci.edu/caomtap', service: 'caom', keyword: 'CAOM' },
  { ivoid: 'ivo://archive.stsci.edu/tap/gaiadr3', service: 'gaiadr3', keyword: 'Gaia DR3' },
  { ivoid: 'ivo://mast.example/tap/hsc', service: 'hsc', keyword: 'Hubble Source Catalog' },
  { ivoid: 'ivo://mast.example/tap/ps1dr1', service: 'ps1dr1', keyword: 'DR1' },
  { ivoid: 'ivo://archive.stsci.edu/ps1dr2tap', service: 'ps1dr2', keyword: 'DR2' },
  { ivoid: 'ivo://archive.stsci.edu/regtap', service: 'registry', keyword: 'registry' },
  { ivoid: 'ivo://mast.example/tap/tic', service: 'tic', keyword: 'TESS Input Catalog' },
  { ivoid: 'ivo://mast.example/tap/classy', service: 'classy', keyword: 'CLASSY' },
  { ivoid: 'ivo://mast.example/tap/ullyses', service: 'ullyses', keyword: 'ULLYSES' },
  { ivoid: 'ivo://mast.example/tap/goods', service: 'goods', keyword: 'GOODS' },
  { ivoid: 'ivo://mast.example/tap/3dhst', service: '3dhst', keyword: '3D-HST' },
  { ivoid: 'ivo://mast.example/tap/candels', service: 'candels', keyword: 'CANDELS' },
] as const
